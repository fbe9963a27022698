function Get-MailboxTimeZone {
    <#
    .SYNOPSIS
        Reads a mailbox's time zone.
    .DESCRIPTION
        Get-MailboxTimeZone names members and values as Outlook REST named them (TimeZone, AlwaysEnabled), and
        Get-EXRMailboxTimeZone as Microsoft Graph names them (timeZone, alwaysEnabled). Date-times stay strings.
    .PARAMETER MailboxName
        The mailbox: its address, user principal name or id. Objects from the pipeline name it by the same members as
        those that Get-MailboxSettingsReport takes.
    .PARAMETER AccessToken
        A token as a string or SecureString, or a token object. Without it a connection made by Connect-ExRun is used.
    .PARAMETER Connection
        The name of the connection to use.
    .EXAMPLE
        Get-MailboxTimeZone -MailboxName kim@contoso.com -AccessToken $Token

        Reads it with a token that the script has.
    .EXAMPLE
        'kim@contoso.com', 'lee@contoso.com' | Get-MailboxTimeZone

        Reads it for several mailboxes, after Connect-ExRun.
    .OUTPUTS
        The body that the service answered; of Get-EXRMailboxTimeZone with DateTimeRESTOperation, when it was read.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param(
        # shared: mailbox
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('PrimarySmtpAddress', 'UserPrincipalName', 'Mail', 'EmailAddress', 'Id', 'PrimaryEmail', 'WindowsEmailAddress', 'ExternalDirectoryObjectId', 'Identity')]
        [string] $MailboxName,
        [Parameter(Position = 1)] [psobject] $AccessToken,
        # end: mailbox
        # shared: connection
        [Parameter()] [string] $Connection
        # end: connection
    )

    begin { Enter-Command -Cmdlet $PSCmdlet }

    process {
        $mailbox = Get-MailboxIdentity -Mailbox $(if ($MyInvocation.ExpectingInput) { $_ } else { $MailboxName })
        Invoke-Guarded -Cmdlet $PSCmdlet -Write -About $mailbox.Name -Do {
            Read-MailboxSetting -Cmdlet $PSCmdlet -Mailbox $mailbox -AccessToken $AccessToken `
                -Connection $Connection -Part timeZone
        }
    }
}
