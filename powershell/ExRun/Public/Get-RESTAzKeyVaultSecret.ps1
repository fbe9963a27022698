function Get-RESTAzKeyVaultSecret {
    <#
    .SYNOPSIS
        Gets secrets and certificates of an Azure Key Vault, or lists its secrets.
    .DESCRIPTION
        Returns the vault's objects as they are: of a secret value, id, attributes and so on, of a certificate id, kid,
        sid, cer, policy and so on. Without a name the secrets are listed, all of them, without their values.

        Signs in with the app's secret or certificate, or with a browser (authorization code, on every system), or uses
        a connection of Connect-ExRun. An error is written for each object that cannot be had; a secret that has
        expired or is not valid yet is returned with a warning.
    .PARAMETER AZKeyVaultBaseUri
        The vault's URL, such as https://contoso.vault.azure.net.
    .PARAMETER ClientID
        The application's id.
    .PARAMETER ClientSecret
        The application's secret.
    .PARAMETER TenantID
        The tenant: its id or one of its domains.
    .PARAMETER RedirectUri
        A redirect URI of the app: http://localhost, with or without a port, of the platform "Mobile and desktop
        applications". A person signs in with the browser, which comes back to it.
    .PARAMETER SecretName
        The secret to get.
    .PARAMETER CertificateName
        The certificate to get, its public part. Its private key is in the secret of the same name.
    .PARAMETER ListSecrets
        Lists the secrets.
    .PARAMETER CertFileName
        The app's certificate with its key (PFX or PEM), in place of a secret.
    .PARAMETER password
        The password of the certificate file; asked for once where the file needs one and none is given.
    .PARAMETER Certificate
        The app's certificate with its private key, from a store for example.
    .PARAMETER Connection
        The name of the connection to use.
    .PARAMETER ApiVersion
        The version of Key Vault's API; by default the connection's, else 7.4.
    .EXAMPLE
        Get-RESTAzKeyVaultSecret -AZKeyVaultBaseUri https://contoso.vault.azure.net -ClientID $id -ClientSecret $secret -TenantID contoso.com

        Lists the vault's secrets.
    .EXAMPLE
        $secret = Get-RESTAzKeyVaultSecret -AZKeyVaultBaseUri https://contoso.vault.azure.net -ClientID $id -RedirectUri http://localhost -SecretName exrun-app
        $certificate = $secret | ConvertFrom-AzKeVaultString

        Signs in with the browser, gets the secret of the certificate exrun-app, and makes the certificate of it.
    .OUTPUTS
        The vault's objects.
    #>
    [CmdletBinding(DefaultParameterSetName = 'ClientSecretFlow')]
    [OutputType([psobject])]
    param(
        [Parameter(Mandatory = $true, Position = 0)] [ValidateNotNullOrEmpty()] [uri] $AZKeyVaultBaseUri,
        [Parameter(Mandatory = $true, Position = 1, ParameterSetName = 'ClientSecretFlow')]
        [Parameter(Mandatory = $true, Position = 1, ParameterSetName = 'AuthCodeFlow')]
        [Parameter(Mandatory = $true, Position = 1, ParameterSetName = 'CertificateFlow')]
        [Parameter(Position = 1, ParameterSetName = 'Secret')]
        [Parameter(Position = 1, ParameterSetName = 'Certificate')]
        [Parameter(Position = 1, ParameterSetName = 'ListSecret')]
        [ValidateNotNullOrEmpty()] [string] $ClientID,
        [Parameter(Position = 2, ParameterSetName = 'ClientSecretFlow')] [ValidateNotNullOrEmpty()] [string] $ClientSecret,
        [Parameter(Mandatory = $true, Position = 3, ParameterSetName = 'ClientSecretFlow')]
        [Parameter(Mandatory = $true, Position = 3, ParameterSetName = 'CertificateFlow')]
        [ValidateNotNullOrEmpty()] [string] $TenantID,
        [Parameter(Mandatory = $true, Position = 4, ParameterSetName = 'AuthCodeFlow')] [ValidateNotNullOrEmpty()] [string] $RedirectUri,
        [Parameter(Position = 5, ParameterSetName = 'Secret')]
        [Parameter(Position = 5, ParameterSetName = 'AuthCodeFlow')]
        [Parameter(Position = 5, ParameterSetName = 'ClientSecretFlow')]
        [Parameter(Position = 5, ParameterSetName = 'CertificateFlow')]
        [ValidateNotNullOrEmpty()] [string] $SecretName,
        [Parameter(Position = 6, ParameterSetName = 'Certificate')]
        [Parameter(Position = 6, ParameterSetName = 'AuthCodeFlow')]
        [Parameter(Position = 6, ParameterSetName = 'ClientSecretFlow')]
        [Parameter(Position = 6, ParameterSetName = 'CertificateFlow')]
        [ValidateNotNullOrEmpty()] [string] $CertificateName,
        [Parameter(Position = 7, ParameterSetName = 'ListSecret')]
        [Parameter(Position = 7, ParameterSetName = 'AuthCodeFlow')]
        [Parameter(Position = 7, ParameterSetName = 'ClientSecretFlow')]
        [Parameter(Position = 7, ParameterSetName = 'CertificateFlow')]
        [switch] $ListSecrets,
        [Parameter(ParameterSetName = 'CertificateFlow')] [string] $CertFileName,
        [Parameter(ParameterSetName = 'CertificateFlow')] [securestring] $password,
        [Parameter(ParameterSetName = 'CertificateFlow')]
        [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        [Parameter(ParameterSetName = 'Secret')]
        [Parameter(ParameterSetName = 'Certificate')]
        [Parameter(ParameterSetName = 'ListSecret')]
        [string] $Connection,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $ApiVersion
    )

    end {
        Enter-Command -Cmdlet $PSCmdlet
        $vault = $AZKeyVaultBaseUri.OriginalString
        $wants = @(
            if ($SecretName) { @{ Function = 'exrun_vault_secret_get'; Name = $SecretName; Further = @{ plainValue = $true; ignoreValidity = $true } } }
            if ($CertificateName) { @{ Function = 'exrun_vault_certificate_get'; Name = $CertificateName; Further = @{ privateKey = $false; ignoreValidity = $true } } }
        )
        $session = Invoke-Guarded -Cmdlet $PSCmdlet -About $vault -Do { New-RestVaultSession -Cmdlet $PSCmdlet -Bound $PSCmdlet.MyInvocation.BoundParameters }
        $list = $null
        if ($ListSecrets -or $wants.Count -eq 0) {
            # Where it fails it has freed the session's client.
            $request = @{ vault = $vault; collection = 'secrets'; apiVersion = $(if ($ApiVersion) { $ApiVersion }) }
            $list = Invoke-Guarded -Cmdlet $PSCmdlet -About $vault -Do { Open-VaultList -Cmdlet $PSCmdlet -Session $session -Request $request }
        }

        $items = [System.Collections.Generic.List`1[System.Object]]::new()
        foreach ($want in $wants) {
            $request = @{ vault = $vault; name = $want.Name; apiVersion = $(if ($ApiVersion) { $ApiVersion }) } + $want.Further
            $attempt = Invoke-Attempt -Teller $PSCmdlet -Do { Invoke-NativeOperation -Function $want.Function -Request $request -Session $session }
            $items.Add($(if ($null -eq $attempt.Failure) { $attempt.Value } else { New-ErrorRecord -Cmdlet $PSCmdlet -Failure $attempt.Record -Target $want.Name }))
        }
        if ($null -ne $list) {
            # Frees the session's client with the list, where it is its own.
            Receive-RunRow -Run $list -TimeoutMs 200 -ToEnd
            Close-Run -Run $list
        }
        Close-Session -Session $session
        foreach ($item in $items) {
            if ($item -is [System.Management.Automation.ErrorRecord]) {
                Write-ErrorRecord -Cmdlet $PSCmdlet -Record $item
                continue
            }
            $note = Get-VaultItemNote -Item $item
            if ($note) { Write-Warning $note }
            $item
        }
    }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
