function Connect-ExRun {
    <#
    .SYNOPSIS
        Connects to a tenant as an app, once for all later commands.
    .DESCRIPTION
        Gets a token, so that what is wrong with the app or its certificate shows at once. Later commands need neither
        token nor certificate; tokens are renewed as long as they run. The connection belongs to the process: other
        runspaces, ForEach-Object -Parallel and thread jobs see it.
    .PARAMETER TenantId
        The tenant: its id or one of its domains.
    .PARAMETER ClientId
        The application's id.
    .PARAMETER CertificatePath
        The PFX file, or a PEM file with certificate and key.
    .PARAMETER Password
        The password of the certificate file; asked for once where the file needs one and none is given.
    .PARAMETER Certificate
        A certificate with its private key, from a store for example. The key signs where it is and is never exported.
    .PARAMETER Cloud
        Whose tenant it is: public (the default), usGov, usGovDod or china.
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
        Connect-ExRun -Name partner -TenantId fabrikam.com -ClientId $id -Certificate (Get-Item Cert:\CurrentUser\My\$thumbprint)
        Get-MailboxSettings kim@fabrikam.com -Connection partner

        Uses a second connection beside the first.
    .OUTPUTS
        Nothing; with PassThru what Get-ExRunContext returns.
    #>
    [CmdletBinding(DefaultParameterSetName = 'CertificatePath')]
    param(
        [Parameter(Mandatory = $true)] [string] $TenantId,
        [Parameter(Mandatory = $true)] [string] $ClientId,
        [Parameter(Mandatory = $true, ParameterSetName = 'CertificatePath')] [string] $CertificatePath,
        [Parameter(ParameterSetName = 'CertificatePath')] [securestring] $Password,
        [Parameter(Mandatory = $true, ParameterSetName = 'Certificate')]
        [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        [Parameter()] [ValidateSet('public', 'usGov', 'usGovDod', 'china')] [string] $Cloud = 'public',
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $Name = 'Default',
        [Parameter()] [switch] $PassThru
    )

    Clear-AbandonedRun
    $failure = $null
    $session = $null
    $isConnected = $false
    try {
        $options = @{
            Cmdlet            = $PSCmdlet
            TenantId          = $TenantId
            ClientId          = $ClientId
            CertificatePath   = $CertificatePath
            Password          = $Password
            Certificate       = $Certificate
            Cloud             = $Cloud
            PasswordParameter = 'Password'
        }
        $session = New-CertificateSession @options
        Confirm-Token -Session $session
        $isConnected = $true
    } catch {
        $failure = New-ErrorRecord -Cmdlet $PSCmdlet -Failure $_
    } finally {
        if (-not $isConnected -and $null -ne $session) { [void] $session.Native::exrun_client_free($session.Client) }
    }
    if ($null -ne $failure) { $PSCmdlet.ThrowTerminatingError($failure) }

    $session.Shared = $true
    Add-Connection -Name $Name -Session $session -Cloud $Cloud -CertificatePath $CertificatePath
    if ($PassThru) { Get-ExRunContext -Name $Name }
}
