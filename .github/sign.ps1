<#
.SYNOPSIS
    Signs a file by Authenticode, with the certificate that the environment brings.
.DESCRIPTION
    What `cargo xtask package --sign` calls for each file. SIGNING_PFX is the certificate with its key, in base64, and
    SIGNING_PASSWORD its password.
#>
[CmdletBinding()]
param([Parameter(Mandatory = $true)] [string] $Path)

$ErrorActionPreference = 'Stop'
$certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new(
    [Convert]::FromBase64String($env:SIGNING_PFX), $env:SIGNING_PASSWORD)
$server = if ($env:SIGNING_TIMESTAMP) { $env:SIGNING_TIMESTAMP } else { 'http://timestamp.digicert.com' }
$signed = Set-AuthenticodeSignature -LiteralPath $Path -Certificate $certificate -HashAlgorithm SHA256 -IncludeChain NotRoot -TimestampServer $server
if ($signed.Status -ne 'Valid') { throw ('signing {0}: {1}' -f $Path, $signed.StatusMessage) }
