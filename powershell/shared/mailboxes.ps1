<#
.PARAMETER Mailboxes
    The mailboxes: addresses, user principal names or ids, or objects that have one as MailboxName,
    PrimarySmtpAddress, UserPrincipalName, Mail, EmailAddress or Id, such as those of Get-Mailbox, Get-
    EXOMailbox, Get-MgUser or Import-Csv.
#>
param(
    [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Mailboxes')]
    [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [Alias('MailboxName')]
    [psobject] $Mailboxes
)
