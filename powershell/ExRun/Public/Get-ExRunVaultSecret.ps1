function Get-ExRunVaultSecret {
    <#
    .SYNOPSIS
        Gets secrets of Azure Key Vault, or lists them.
    .DESCRIPTION
        With a name: the secret's value as a SecureString, or as plain text. Without one: a description of each secret,
        without its value. Uses a connection of Connect-ExRun, whose app needs the permissions Get and List for secrets
        (role "Key Vault Secrets User").

        What is deleted, disabled, expired or not valid yet is an error that says so.
    .PARAMETER Name
        The secret's name, or its URL.
    .PARAMETER Vault
        The vault: its name or its URL.
    .PARAMETER Version
        A version; the latest by default.
    .PARAMETER AsPlainText
        Returns the value as a string.
    .PARAMETER IncludeVersions
        Describes the versions of the secret in place of returning its value.
    .PARAMETER Deleted
        Lists the secrets that are deleted and can be recovered.
    .PARAMETER IgnoreValidity
        Returns the value also where the secret has expired or is not valid yet.
    .PARAMETER Connection
        The name of the connection to use.
    .PARAMETER AccessToken
        An access token for https://vault.azure.net, in place of a connection.
    .PARAMETER ApiVersion
        The version of Key Vault's API; by default the connection's, else 7.4.
    .EXAMPLE
        Get-ExRunVaultSecret -Vault contoso -Name app-secret

        Returns the secret as a SecureString.
    .EXAMPLE
        Get-ExRunVaultSecret -Vault contoso | Where-Object { $_.Expires -and $_.Expires -lt (Get-Date).AddDays(30) }

        Lists the secrets that expire within a month.
    .EXAMPLE
        Get-ExRunVaultSecret https://contoso.vault.azure.net/secrets/app-secret -AsPlainText

        Returns the text of a secret that is named by its URL.
    .OUTPUTS
        System.Security.SecureString; with AsPlainText System.String; for lists objects with Name, Vault, Version,
        Enabled, ContentType, NotBefore, Expires, Created, Updated, Tags and Id.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Value')]
    [OutputType([securestring], [string], [psobject])]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)] [string[]] $Name,
        # shared: vault Vault Version
        [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)] [Alias('VaultName', 'VaultUri')] [string] $Vault,
        [Parameter(ParameterSetName = 'Value', ValueFromPipelineByPropertyName = $true)] [string] $Version,
        # end: vault
        [Parameter(ParameterSetName = 'Value')] [switch] $AsPlainText,
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
            Get-VaultList -Cmdlet $PSCmdlet -Collection 'secrets' -Bound $PSBoundParameters
            return
        }
        foreach ($one in $Name) {
            Invoke-Guarded -Cmdlet $PSCmdlet -Write -About $one -Do {
                $request = @{ plainValue = [bool] $AsPlainText; ignoreValidity = [bool] $IgnoreValidity }
                $secret = Invoke-VaultOperation -Cmdlet $PSCmdlet -Bound $PSCmdlet.MyInvocation.BoundParameters -Name $one -Function 'exrun_vault_secret_get' -Request $request
                if ($AsPlainText) { $secret.value } else { New-SecureStringFromSecret -Secret $secret.valueSecret }
            }
        }
    }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
