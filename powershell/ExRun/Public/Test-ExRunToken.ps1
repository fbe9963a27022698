function Test-ExRunToken {
    <#
    .SYNOPSIS
        Says whether an access token will do: what it is for, how long it lives, and which permissions it carries.
    .DESCRIPTION
        Reads the token without checking its signature, and asks nobody. A role that is missing is "not in the token; may
        be granted by RBAC for Applications": Exchange grants by its own roles what no token shows. A person's token
        reaches the settings of the own mailbox only, and a finding says so. A token that only its service can read is
        said to be one, without an error.
    .PARAMETER AccessToken
        The token as a string or SecureString, or a token object. Without it the token of a connection is tested.
    .PARAMETER For
        What it is to be used for: MailboxSettingsReport (the default), MailboxSettingsChange or MailboxList.
    .PARAMETER Role
        Further roles that are needed, such as Mail.Read.
    .PARAMETER Connection
        The name of the connection whose token is tested.
    .EXAMPLE
        Test-ExRunToken $Token

        Tests a token that a script has.
    .EXAMPLE
        (Test-ExRunToken -For MailboxSettingsChange).Finding

        Says of the connection's token what stands against changing mailboxes.
    .OUTPUTS
        An object with Kind (app, person, opaque, encrypted or no token), IsUsable, Audience, IsForGraph, TenantId,
        ClientId, AppName, Account, Roles, Scopes, IssuedOn, ExpiresOn, ExpiresIn, IsExpired, Needed, Missing and Finding:
        sentences on what stands against its use.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true)] [Alias('Token')] [psobject] $AccessToken,
        [Parameter()] [ValidateSet('MailboxSettingsReport', 'MailboxSettingsChange', 'MailboxList')]
        [string] $For = 'MailboxSettingsReport',
        [Parameter()] [string[]] $Role = @(),
        [Parameter()] [string] $Connection
    )

    begin { Enter-Command -Cmdlet $PSCmdlet }

    process {
        Assert-ParameterGiven -Cmdlet $PSCmdlet
        Invoke-Guarded -Cmdlet $PSCmdlet -Write -Do {
            if ($null -eq $AccessToken) { $AccessToken = Get-ConnectionToken -Cmdlet $PSCmdlet -Name $Connection }
            New-TokenReport -AccessToken $AccessToken -For $For -Role $Role
        }
    }
}
