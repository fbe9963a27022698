function New-CertificateSession {
    <#
    .SYNOPSIS
        A session of an app that proves itself with a certificate: a file, or an X509Certificate2 whose key stays
        where it is.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $TenantId,
        [Parameter(Mandatory = $true)] [string] $ClientId,
        [string] $CertificatePath,
        [securestring] $Password,
        [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        # The thumbprint that settings name, to compare.
        [string] $X5t,
        [string] $Cloud,
        # Further options of the client.
        [hashtable] $Further = @{},
        # The credential of an app whose own certificate is in a vault: this one then proves to the vault who asks.
        [hashtable] $InVault,
        # Also reads when the certificate of a file ends.
        [switch] $Describe,
        # How often a request is tried; the library's default serves long runs, not someone who waits.
        [int] $MaxTries,
        # The parameter that gives the password, for the error where it is needed.
        [string] $PasswordParameter = 'password'
    )

    $options = $Further + @{ tenantId = $TenantId; clientId = $ClientId; cloud = $(if ($Cloud) { $Cloud }); maxTries = $(if ($MaxTries) { $MaxTries }) }
    if (-not $CertificatePath) {
        if (-not $Certificate.HasPrivateKey) {
            Stop-Attempt (New-ExRunException -Name 'CertificateNoKey' -Target $Certificate.Thumbprint -Message (
                'the certificate {0} ({1}) has no private key that this process can use; take the one that has it, or give the PFX file' -f $Certificate.Thumbprint, $Certificate.Subject))
        }
        $credential = @{ callerCertificate = [System.Convert]::ToBase64String($Certificate.RawData) }
        $options['credential'] = $(if ($null -ne $InVault) { $InVault + @{ vaultCredential = $credential } } else { $credential })
        Compare-X5t -Actual ([System.Convert]::ToBase64String($Certificate.GetCertHash())) -Expected $X5t
        $session = New-Session -Options $options -Certificate $Certificate
        $session.Credential = 'certificate {0}' -f $Certificate.Thumbprint
        $session.Thumbprint = $Certificate.Thumbprint
        $session.CertificateExpiresOn = $Certificate.NotAfter
        return $session
    }

    $path = Resolve-FilePath -Cmdlet $Cmdlet -Path $CertificatePath
    if ($null -eq $Password) {
        $information = Invoke-NativeOperation -Function 'exrun_certificate_read' -Request @{ certificateFile = $path }
        if ($information.passwordNeeded) {
            $Password = Read-Password -Cmdlet $Cmdlet -Prompt 'password' -Path $path -Parameter $PasswordParameter
        }
    }
    [long] $secret = 0
    try {
        $credential = @{ certificateFile = $path }
        if ($null -ne $Password) {
            $secret = New-NativeSecret -Secret $Password
            $credential['passwordSecret'] = $secret
        }
        $information = $null
        if ($Describe -or ($X5t -and $VerbosePreference -ne 'SilentlyContinue')) {
            $information = Invoke-NativeOperation -Function 'exrun_certificate_read' -Request $credential
            Compare-X5t -Actual $information.keyCredential.customKeyIdentifier -Expected $X5t
        }
        $options['credential'] = $(if ($null -ne $InVault) { $InVault + @{ vaultCredential = $credential } } else { $credential })
        $session = New-Session -Options $options
        $session.Credential = $path
        if ($null -ne $information) {
            $session.Thumbprint = $information.thumbprint
            $session.CertificateExpiresOn = [System.DateTimeOffset]::Parse($information.notAfter, [cultureinfo]::InvariantCulture).LocalDateTime
        }
        return $session
    } finally {
        if ($secret -ne 0) { [void] (Get-Native)::exrun_secret_free($secret) }
    }
}
