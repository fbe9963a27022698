function Read-VaultCertificateText {
    <#
    .SYNOPSIS
        The certificate that the value of a vault's secret holds: base64 of a PFX, or PEM; with its private key where
        the vault gave it.
    #>
    [CmdletBinding()]
    [OutputType([System.Security.Cryptography.X509Certificates.X509Certificate2])]
    param([AllowEmptyString()] [AllowNull()] [string] $Text)

    if (-not $Text -or -not $Text.Trim()) {
        Stop-Attempt (New-ExRunException -Name 'CertificateUnreadable' -Message 'the value is empty; give the value of a certificate''s secret')
    }
    $native = Get-Native
    [long] $secret = New-NativeSecret -Secret ([System.Text.Encoding]::UTF8.GetBytes($Text))
    try {
        # Only looked into, so that a certificate whose key stays in the vault is given without it.
        $information = Invoke-NativeOperation -Function 'exrun_certificate_read' -Request @{ certificateSecret = $secret }
        if ($information.hasPrivateKey -eq $false) {
            return [System.Security.Cryptography.X509Certificates.X509Certificate2]::new([System.Convert]::FromBase64String($information.keyCredential.value))
        }
        $converted = Invoke-NativeOperation -Function 'exrun_certificate_convert' -Request @{ certificateSecret = $secret }
    } finally {
        [void] $native::exrun_secret_free($secret)
    }
    return ConvertTo-Certificate -Secret $converted.pfxSecret
}
