function Get-ExRunVaultCertificate {
    <#
    .SYNOPSIS
        Gets certificates of Azure Key Vault with their private keys, or lists them.
    .DESCRIPTION
        With a name: the certificate as an X509Certificate2 with its private key, whether the vault keeps it as PKCS#12 or
        as PEM, on Windows PowerShell too. Nothing is written to disk by this command. Without a name: a description of
        each certificate. Uses a connection of Connect-ExRun, whose app needs the permissions Get for certificates and
        secrets, and List for certificates.

        A key that must not leave its vault is an error; with PublicOnly the certificate comes without it. Such a key
        can sign in where it is: Connect-ExRun -VaultKey.
    .PARAMETER Name
        The certificate's name, or its URL.
    .PARAMETER Vault
        The vault: its name or its URL.
    .PARAMETER Version
        A version; the latest by default.
    .PARAMETER PublicOnly
        Returns the certificate without its private key.
    .PARAMETER Password
        The password of a PFX that has one.
    .PARAMETER KeyStorageFlags
        How .NET keeps the private key: Exportable or EphemeralKeySet for example.
    .PARAMETER IgnoreValidity
        Returns the certificate also where it has expired or is not valid yet.
    .PARAMETER IncludeVersions
        Describes the versions of the certificate in place of returning it.
    .PARAMETER Deleted
        Lists the certificates that are deleted and can be recovered.
    .PARAMETER Connection
        The name of the connection to use.
    .PARAMETER AccessToken
        An access token for https://vault.azure.net, in place of a connection.
    .PARAMETER ApiVersion
        The version of Key Vault's API; by default the connection's, else 7.4.
    .EXAMPLE
        $certificate = Get-ExRunVaultCertificate -Vault contoso -Name exrun-app
        Connect-ExRun -TenantId contoso.com -ClientId $id -Certificate $certificate

        Signs in with a certificate of a vault.
    .EXAMPLE
        Get-ExRunVaultCertificate -Vault contoso -Name exrun-app -IncludeVersions

        Lists the versions of a certificate.
    .OUTPUTS
        System.Security.Cryptography.X509Certificates.X509Certificate2; for lists objects with Name, Vault, Version,
        Enabled, ContentType, NotBefore, Expires, Created, Updated, Tags and Id.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Value')]
    [OutputType([System.Security.Cryptography.X509Certificates.X509Certificate2], [psobject])]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)] [string[]] $Name,
        # shared: vault Vault Version
        [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)] [Alias('VaultName', 'VaultUri')] [string] $Vault,
        [Parameter(ParameterSetName = 'Value', ValueFromPipelineByPropertyName = $true)] [string] $Version,
        # end: vault
        [Parameter(ParameterSetName = 'Value')] [switch] $PublicOnly,
        [Parameter(ParameterSetName = 'Value')] [securestring] $Password,
        [Parameter(ParameterSetName = 'Value')]
        [System.Security.Cryptography.X509Certificates.X509KeyStorageFlags] $KeyStorageFlags = 'DefaultKeySet',
        [Parameter(ParameterSetName = 'Value')] [switch] $IgnoreValidity,
        [Parameter(Mandatory = $true, ParameterSetName = 'Versions')] [switch] $IncludeVersions,
        [Parameter(Mandatory = $true, ParameterSetName = 'Deleted')] [switch] $Deleted,
        # shared: connection
        [Parameter()] [string] $Connection,
        # end: connection
        # shared: vault AccessToken ApiVersion
        [Parameter()] [psobject] $AccessToken,
        [Parameter()] [string] $ApiVersion
        # end: vault
    )

    begin { Enter-Command -Cmdlet $PSCmdlet }

    process {
        Assert-ParameterGiven -Cmdlet $PSCmdlet
        if ($IncludeVersions -or $Deleted -or -not $Name) {
            Get-VaultList -Cmdlet $PSCmdlet -Collection 'certificates' -Bound $PSBoundParameters
            return
        }
        foreach ($one in $Name) {
            Invoke-Guarded -Cmdlet $PSCmdlet -Write -About $one -Do {
                $request = @{ privateKey = -not $PublicOnly; ignoreValidity = [bool] $IgnoreValidity }
                if ($null -ne $Password) { $request['passwordSecret'] = New-NativeSecret -Secret $Password }
                try {
                    $found = Invoke-VaultOperation -Cmdlet $PSCmdlet -Bound $PSCmdlet.MyInvocation.BoundParameters -Name $one -Function 'exrun_vault_certificate_get' -Request $request
                } finally {
                    if ($null -ne $Password) { [void] (Get-Native)::exrun_secret_free([long] $request['passwordSecret']) }
                }
                if ($PublicOnly) {
                    [System.Security.Cryptography.X509Certificates.X509Certificate2]::new([System.Convert]::FromBase64String($found.cer))
                } else {
                    ConvertTo-Certificate -Secret $found.pfxSecret -KeyStorageFlags $KeyStorageFlags
                }
            }
        }
    }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
