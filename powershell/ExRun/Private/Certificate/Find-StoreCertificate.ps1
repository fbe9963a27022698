function Find-StoreCertificate {
    <#
    .SYNOPSIS
        The certificate of a thumbprint from the store My of the user, else of the machine.
    .DESCRIPTION
        One with its private key is preferred; one without is returned too, so that the error can say what is missing.
    #>
    [CmdletBinding()]
    [OutputType([System.Security.Cryptography.X509Certificates.X509Certificate2])]
    param([Parameter(Mandatory = $true)] [string] $Thumbprint)

    # As people copy it from the certificate's dialog: with blanks, and an invisible mark in front.
    $wanted = ($Thumbprint -replace '[^0-9A-Fa-f]', '').ToUpperInvariant()
    $without = $null
    foreach ($location in 'CurrentUser', 'LocalMachine') {
        $store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', $location)
        try {
            $refusal = Invoke-Method -Method $store.GetType().GetMethod('Open') -On $store -Arguments ([System.Security.Cryptography.X509Certificates.OpenFlags] 'ReadOnly, OpenExistingOnly')
            if ($null -ne $refusal) {
                Write-Verbose ('the store {0}\My cannot be read: {1}' -f $location, $refusal.GetBaseException().Message)
                continue
            }
            foreach ($certificate in $store.Certificates) {
                if ($certificate.Thumbprint -ne $wanted) { continue }
                if ($certificate.HasPrivateKey) { return $certificate }
                $without = $certificate
            }
        } finally {
            $store.Dispose()
        }
    }
    if ($null -ne $without) { return $without }
    Stop-Attempt (New-ExRunException -Name 'CertificateMissing' -Target $Thumbprint -Message (
        'no certificate with the thumbprint {0} is in the store My of the user or of the machine; Get-ChildItem Cert:\CurrentUser\My lists those that are' -f $Thumbprint))
}
