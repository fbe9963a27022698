<#
.SYNOPSIS
    Makes the certificate of an app, and the text for the application's manifest.
.DESCRIPTION
    Asks for a password for the PFX file. The content of KeyCreds.txt goes in the place of the [] at keyCredentials
    in the manifest of the app's registration.
.EXAMPLE
    ./create-certificate.ps1 -Name 'Mailbox report' -Folder c:\temp
#>
param(
    [Parameter(Mandatory = $true)] [string] $Name,
    [string] $Folder = '.'
)

Import-Module ExRun

$files = @{
    CertFileName = Join-Path $Folder 'certfile.pfx'
    KeyFileName  = Join-Path $Folder 'KeyCreds.txt'
}
Invoke-CreateSelfSignedCert -CertName $Name @files
"put the content of $($files.KeyFileName) in the place of [] at keyCredentials in the application's manifest"
