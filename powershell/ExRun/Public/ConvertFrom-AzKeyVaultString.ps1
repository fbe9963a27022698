function ConvertFrom-AzKeyVaultString {
    <#
    .SYNOPSIS
        Makes a certificate with its private key from the value of a Key Vault secret.
    .DESCRIPTION
        Takes what the secret of a certificate holds: base64 of a PFX without a password (application/x-pkcs12), or PEM
        (application/x-pem-file), on Windows PowerShell too. Each object of a pipeline gives its certificate; for what
        holds none an error is written.

        ConvertFrom-AzKeVaultString is the same command under the name that scripts know.
    .PARAMETER value
        The value of the secret; a pipeline gives it as text, or as objects with the property value.
    .EXAMPLE
        Get-RESTAzKeyVaultSecret -AZKeyVaultBaseUri $vault -ClientID $id -ClientSecret $secret -TenantID $tenant -SecretName exrun-app | ConvertFrom-AzKeyVaultString

        Gets the certificate exrun-app with its private key.
    .EXAMPLE
        $certificate = (Get-ExRunVaultSecret -Vault contoso -Name exrun-app -AsPlainText) | ConvertFrom-AzKeyVaultString
        $certificate.NotAfter

        Says when a certificate ends whose secret was read with the connection.
    .OUTPUTS
        System.Security.Cryptography.X509Certificates.X509Certificate2
    #>
    [CmdletBinding()]
    [OutputType([System.Security.Cryptography.X509Certificates.X509Certificate2])]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [AllowEmptyString()] [AllowNull()]
        [string] $value
    )

    begin { Enter-Command -Cmdlet $PSCmdlet }

    process {
        Invoke-Guarded -Cmdlet $PSCmdlet -Write -Do {
            Read-VaultCertificateText -Text $value
        }
    }
}
