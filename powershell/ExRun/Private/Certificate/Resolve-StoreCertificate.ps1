function Resolve-StoreCertificate {
    <#
    .SYNOPSIS
        The certificate that a path of the Certificate provider names; null for a path of another provider.
    #>
    [CmdletBinding()]
    [OutputType([System.Security.Cryptography.X509Certificates.X509Certificate2])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Path
    )

    $Path = Get-PastedText -Path -Text $Path
    $isQualified = $Path -match '^(Microsoft\.PowerShell\.Security\\)?Certificate::|^Cert:'
    if (-not $isQualified -and $Cmdlet.SessionState.Path.CurrentLocation.Provider.Name -ne 'Certificate') { return $null }
    # A drive of a name that Windows alone has: elsewhere the store itself is asked.
    if ($Path -match '([0-9A-Fa-f]{40})\s*$') {
        $thumbprint = $Matches[1]
        $item = Microsoft.PowerShell.Management\Get-Item -LiteralPath $Path -ErrorAction Ignore
        if ($item -is [System.Security.Cryptography.X509Certificates.X509Certificate2]) { return $item }
        return Find-StoreCertificate -Thumbprint $thumbprint
    }
    Stop-Attempt (New-ExRunException -Name 'CertificateMissing' -Target $Path -Message (
        '{0} names no certificate: the path ends in a thumbprint, such as Cert:\CurrentUser\My\0123456789ABCDEF0123456789ABCDEF01234567' -f $Path))
}
