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
        $found = Invoke-Attempt {
            try {
                $store.Open('ReadOnly, OpenExistingOnly')
                foreach ($certificate in $store.Certificates) { if ($certificate.Thumbprint -eq $wanted) { $certificate } }
            } finally {
                $store.Dispose()
            }
        }
        if ($null -ne $found.Failure) { Write-Verbose ('the store {0}\My cannot be read: {1}' -f $location, $found.Failure.GetBaseException().Message) }
        foreach ($certificate in $found.Value) {
            if ($certificate.HasPrivateKey) { return $certificate }
            $without = $certificate
        }
    }
    if ($null -ne $without) { return $without }
    throw (New-ExRunException -Name 'CertificateMissing' -Target $Thumbprint -Message (
        'no certificate with the thumbprint {0} is in the store My of the user or of the machine; Get-ChildItem Cert:\CurrentUser\My lists those that are' -f $Thumbprint))
}
