<#
.PARAMETER MailboxName
    The mailbox: its address, user principal name or id. Objects from the pipeline name it by the same members as
    those that Get-MailboxSettingsReport takes.
.PARAMETER AccessToken
    A token as a string or SecureString, or a token object. Without it a connection made by Connect-ExRun is used.
#>
param(
    [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
    [Alias('PrimarySmtpAddress', 'UserPrincipalName', 'Mail', 'EmailAddress', 'Id', 'PrimaryEmail', 'WindowsEmailAddress', 'ExternalDirectoryObjectId', 'Identity')]
    [string] $MailboxName,
    [Parameter(Position = 1)] [psobject] $AccessToken
)
