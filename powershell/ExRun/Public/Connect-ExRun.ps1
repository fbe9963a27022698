function Connect-ExRun {
    <#
    .SYNOPSIS
        Connects to a tenant, once for all later commands.
    .DESCRIPTION
        As an app: with a certificate (a file, one of a store, or an object), a client secret, a ready client
        assertion, a federated token, a managed identity, or what the variables of Azure's SDKs name. As a person:
        with a device code, a browser, or a refresh token. Or with an access token that is there already.

        Gets a token, so that what is wrong shows at once. Later commands need neither token nor certificate; tokens
        are renewed as long as they run, but for an access token that was given. Several connections, of several
        tenants too, have names.

        What a runspace connects serves its own commands first. A runspace that connected nothing of a name, such as
        one of ForEach-Object -Parallel or of a thread job, sees the one that was made last in the process; where that
        one became another tenant's since, its commands refuse to guess, and name both tenants.

        Where it fails there is no connection of that name afterwards, also where there was one before: the error says
        that it was taken away.
    .PARAMETER TenantId
        The tenant: its id or one of its domains. A person without one signs in with any work or school account.
    .PARAMETER ClientId
        The application's id. With ManagedIdentity: the client id of a user-assigned identity.
    .PARAMETER CertificatePath
        The PFX file, or a PEM file with certificate and key; or the path of a certificate in a store, such as
        Cert:\CurrentUser\My\0123456789ABCDEF0123456789ABCDEF01234567.
    .PARAMETER Password
        The password of the certificate file; asked for once where the file needs one and none is given.
    .PARAMETER Certificate
        A certificate with its private key, from a store for example. The key signs where it is and is never exported.
    .PARAMETER CertificateThumbprint
        The thumbprint of a certificate in the store My of the user or of the machine. The key is never exported.
    .PARAMETER SendX5c
        Sends the certificate with each assertion, for an application that trusts its subject name and issuer; that of
        a vault, too.
    .PARAMETER ClientSecret
        The application's secret, as a SecureString.
    .PARAMETER ClientAssertion
        A client assertion that was signed elsewhere, as a string or SecureString; it serves as long as it lives.
    .PARAMETER FederatedTokenFile
        A file with a token of another identity provider (workload identity federation); read again for each request.
    .PARAMETER ManagedIdentity
        Signs in as the managed identity of this machine: Azure virtual machines, App Service, Functions and the like.
    .PARAMETER ObjectId
        The object id of a user-assigned managed identity.
    .PARAMETER ResourceId
        The Azure resource id of a user-assigned managed identity.
    .PARAMETER Environment
        Signs in as AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH (with
        AZURE_CLIENT_CERTIFICATE_PASSWORD) or AZURE_FEDERATED_TOKEN_FILE say; AZURE_AUTHORITY_HOST names the cloud.
    .PARAMETER DeviceCode
        A person signs in on any device with the code that is shown.
    .PARAMETER Interactive
        A person signs in with the browser of this machine. Its URL is shown, for where no browser opens.
    .PARAMETER Port
        The port of this machine that the browser comes back to; a free one by default.
    .PARAMETER LoginHint
        The account to suggest in the browser.
    .PARAMETER NoBrowser
        Only shows the URL.
    .PARAMETER Scope
        The permissions to ask a person for, such as MailboxSettings.Read; by default those of the app's registration.
    .PARAMETER RefreshToken
        A refresh token of an earlier sign-in, as a SecureString.
    .PARAMETER AccessToken
        An access token that is there already: a string as it was copied, a SecureString, or a token object. It is not
        renewed.
    .PARAMETER Vault
        Where the app's certificate or key is in Azure Key Vault, a hashtable: @{ Certificate = 'https://...' } or
        @{ Key = 'https://...' }, with further members where they are needed.

        Certificate is the URL of a certificate, such as https://contoso.vault.azure.net/certificates/app: it is fetched
        with its key, held in memory only, and picked up anew when it is renewed; Password is that of its PFX, where it
        has one. Key is the URL of a key, such as https://contoso.vault.azure.net/keys/app: it signs in the vault and
        never leaves it, also where it is not exportable, and its certificate of the same name names it.

        ClientSecret, CertificatePath, FederatedTokenFile, Environment and so on then say what proves to the vault who
        asks; the machine's managed identity does by default. TenantId and ClientId are those of who asks, where they are
        not those of the app. AccessToken is a token for https://vault.azure.net that is there already: it is not renewed,
        and when it has ended, no later token can be had.
    .PARAMETER VaultCertificate
        As Certificate of Vault.
    .PARAMETER VaultKey
        As Key of Vault.
    .PARAMETER VaultCertificatePassword
        As Password of Vault.
    .PARAMETER VaultAccessToken
        As AccessToken of Vault: a string, a SecureString, or a token object.
    .PARAMETER VaultTenantId
        As TenantId of Vault.
    .PARAMETER VaultClientId
        As ClientId of Vault: the application, or user-assigned managed identity, that asks. Environment names its own.
    .PARAMETER VaultApiVersion
        The version of Key Vault's API that this connection asks for, 7.4 by default, which every cloud has.
    .PARAMETER Cloud
        Whose tenant it is: public (the default), usGov, usGovDod or china. AccessToken and Environment say it themselves.
    .PARAMETER ContinuousAccess
        Asks for tokens that live up to a day and may be revoked at any moment (continuous access evaluation); what
        the service then asks for is done.
    .PARAMETER PersistTokens
        Keeps tokens for later sessions of this user on this machine: in an encrypted file, whose key lies in Credential
        Manager, the Keychain or the Secret Service. A person is then not asked again until the sign-in ends. Without
        such a store the command fails and nothing is written. Clear-ExRunTokenCache forgets them.
    .PARAMETER ExpectTenant
        The tenant that the token must be of, its id or one of its domains: any other is refused, and so is each later
        command with this connection whose token is another's.
    .PARAMETER Name
        A name for the connection, for the parameter Connection of other commands. A connection of that name is
        replaced.
    .PARAMETER PassThru
        Returns the connection's description.
    .EXAMPLE
        Connect-ExRun -TenantId contoso.com -ClientId 084adbb3-f70c-498f-97a3-464e1f444d9a -CertificatePath ./app.pfx
        Import-Csv mailboxes.csv | Get-MailboxSettingsReport

        Connects, then reports the mailboxes of a file.
    .EXAMPLE
        Connect-ExRun -Name partner -TenantId fabrikam.com -ClientId $id -CertificateThumbprint $thumbprint
        Get-MailboxSettings kim@fabrikam.com -Connection partner

        Uses a second connection beside the first, with a certificate of the store.
    .EXAMPLE
        Connect-ExRun -ManagedIdentity
        Get-ExRunContext

        Signs in as the machine, and shows as what.
    .EXAMPLE
        Connect-ExRun -TenantId contoso.com -ClientId $id -DeviceCode -Scope MailboxSettings.Read

        Shows a code; a person enters it in a browser anywhere.
    .EXAMPLE
        Connect-ExRun -TenantId contoso.com -ClientId $id -Interactive -PersistTokens

        Signs in with the browser the first time, and without asking in later sessions.
    .EXAMPLE
        Connect-ExRun -TenantId contoso.com -ClientId $id -Vault @{ Key = 'https://contoso.vault.azure.net/keys/exrun-app' }

        Signs in with a key that stays in Azure Key Vault; the machine's identity may use it.
    .EXAMPLE
        Connect-ExRun -TenantId contoso.com -ClientId $id -CertificatePath ./reader.pfx -Vault @{ ClientId = $reader; Certificate = 'https://contoso.vault.azure.net/certificates/exrun-app' }

        Another application, with the certificate of a file, may read the app's certificate in the vault.
    .OUTPUTS
        Nothing; with PassThru what Get-ExRunContext returns.
    #>
    [CmdletBinding(DefaultParameterSetName = 'CertificatePath')]
    [OutputType('ExRun.Context')]
    param(
        # Get-Help shows the last of these first.
        [Parameter(ParameterSetName = 'RefreshToken')]
        [Parameter(ParameterSetName = 'Interactive')]
        [Parameter(ParameterSetName = 'DeviceCode')]
        [Parameter(ParameterSetName = 'Environment')]
        [Parameter(Mandatory = $true, ParameterSetName = 'FederatedTokenFile')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientAssertion')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientSecret')]
        [Parameter(Mandatory = $true, ParameterSetName = 'Certificate')]
        [Parameter(ParameterSetName = 'ManagedIdentity')]
        [Parameter(Mandatory = $true, ParameterSetName = 'CertificateThumbprint')]
        [Parameter(Mandatory = $true, ParameterSetName = 'CertificatePath')]
        [AllowNull()] [AllowEmptyString()] [string] $TenantId,
        [Parameter(Mandatory = $true, ParameterSetName = 'RefreshToken')]
        [Parameter(Mandatory = $true, ParameterSetName = 'Interactive')]
        [Parameter(Mandatory = $true, ParameterSetName = 'DeviceCode')]
        [Parameter(ParameterSetName = 'Environment')]
        [Parameter(Mandatory = $true, ParameterSetName = 'FederatedTokenFile')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientAssertion')]
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientSecret')]
        [Parameter(Mandatory = $true, ParameterSetName = 'Certificate')]
        [Parameter(ParameterSetName = 'ManagedIdentity')]
        [Parameter(Mandatory = $true, ParameterSetName = 'CertificateThumbprint')]
        [Parameter(Mandatory = $true, ParameterSetName = 'CertificatePath')]
        [AllowNull()] [AllowEmptyString()] [string] $ClientId,
        # Not mandatory: with a vault alone the machine proves who asks.
        [Parameter(ParameterSetName = 'CertificatePath')] [AllowNull()] [AllowEmptyString()] [string] $CertificatePath,
        [Parameter(ParameterSetName = 'CertificatePath')] [securestring] $Password,
        [Parameter(Mandatory = $true, ParameterSetName = 'Certificate')]
        [AllowNull()] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        [Parameter(Mandatory = $true, ParameterSetName = 'CertificateThumbprint')]
        [AllowNull()] [AllowEmptyString()] [Alias('Thumbprint')] [string] $CertificateThumbprint,
        [Parameter()] [switch] $SendX5c,
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientSecret')] [AllowNull()] [securestring] $ClientSecret,
        [Parameter(Mandatory = $true, ParameterSetName = 'ClientAssertion')] [AllowNull()] [AllowEmptyString()] [psobject] $ClientAssertion,
        [Parameter(Mandatory = $true, ParameterSetName = 'FederatedTokenFile')] [AllowNull()] [AllowEmptyString()] [string] $FederatedTokenFile,
        [Parameter(Mandatory = $true, ParameterSetName = 'ManagedIdentity')] [Alias('Identity')] [switch] $ManagedIdentity,
        [Parameter(ParameterSetName = 'ManagedIdentity')] [string] $ObjectId,
        [Parameter(ParameterSetName = 'ManagedIdentity')] [string] $ResourceId,
        [Parameter(Mandatory = $true, ParameterSetName = 'Environment')] [Alias('EnvironmentVariable')] [switch] $Environment,
        [Parameter(Mandatory = $true, ParameterSetName = 'DeviceCode')] [switch] $DeviceCode,
        [Parameter(Mandatory = $true, ParameterSetName = 'Interactive')] [switch] $Interactive,
        [Parameter(ParameterSetName = 'Interactive')] [ValidateRange(1, 65535)] [int] $Port,
        [Parameter(ParameterSetName = 'Interactive')] [string] $LoginHint,
        [Parameter(ParameterSetName = 'Interactive')] [switch] $NoBrowser,
        [Parameter(ParameterSetName = 'DeviceCode')]
        [Parameter(ParameterSetName = 'Interactive')]
        [string[]] $Scope,
        [Parameter(Mandatory = $true, ParameterSetName = 'RefreshToken')] [AllowNull()] [securestring] $RefreshToken,
        [Parameter(Mandatory = $true, ParameterSetName = 'AccessToken')] [AllowNull()] [AllowEmptyString()] [psobject] $AccessToken,
        [Parameter()] [System.Collections.IDictionary] $Vault,
        [Parameter()] [AllowNull()] [AllowEmptyString()] [string] $VaultCertificate,
        [Parameter()] [AllowNull()] [AllowEmptyString()] [string] $VaultKey,
        [Parameter()] [string] $VaultTenantId,
        [Parameter()] [string] $VaultClientId,
        [Parameter()] [securestring] $VaultCertificatePassword,
        [Parameter()] [psobject] $VaultAccessToken,
        [Parameter()] [string] $VaultApiVersion,
        [Parameter()] [ValidateSet('public', 'usGov', 'usGovDod', 'china')] [string] $Cloud = 'public',
        [Parameter()] [switch] $ContinuousAccess,
        [Parameter(ParameterSetName = 'RefreshToken')]
        [Parameter(ParameterSetName = 'Interactive')]
        [Parameter(ParameterSetName = 'DeviceCode')]
        [Parameter(ParameterSetName = 'Environment')]
        [Parameter(ParameterSetName = 'FederatedTokenFile')]
        [Parameter(ParameterSetName = 'ClientAssertion')]
        [Parameter(ParameterSetName = 'ClientSecret')]
        [Parameter(ParameterSetName = 'Certificate')]
        [Parameter(ParameterSetName = 'ManagedIdentity')]
        [Parameter(ParameterSetName = 'CertificateThumbprint')]
        [Parameter(ParameterSetName = 'CertificatePath')]
        [switch] $PersistTokens,
        [Parameter()] [string] $ExpectTenant,
        [Parameter()] [AllowEmptyString()] [string] $Name = 'Default',
        [Parameter()] [switch] $PassThru
    )

    Import-PrivateFunction
    Clear-AbandonedRun
    if (Test-BlankValue -Value $Name) { $Name = 'Default' }
    $bound = $PSBoundParameters
    $made = Connect-Session -Cmdlet $PSCmdlet -Name $Name -Create {
        $session = New-CredentialSession -Cmdlet $PSCmdlet -Method $PSCmdlet.ParameterSetName -Bound $bound -Cloud $Cloud
        $session.ExpectTenant = $ExpectTenant
        $session
    }
    if ($null -ne $made.Failure) { $PSCmdlet.ThrowTerminatingError($made.Failure) }

    $session = $made.Session
    Add-Connection -Name $Name -Session $session
    Import-View
    $PSCmdlet.WriteVerbose(('connected as {0}, by the name {1}' -f (Format-Actor -Session $session), $Name))
    if ($PassThru) { Get-ExRunContext -Name $Name }
}
