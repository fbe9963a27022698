<#
.PARAMETER Mailboxes
    The mailboxes: addresses, user principal names or ids, or objects that have one as MailboxName,
    PrimarySmtpAddress, UserPrincipalName, Mail, EmailAddress, Id, PrimaryEmail, WindowsEmailAddress,
    ExternalDirectoryObjectId or Identity (which counts where it is an address or an id), such as those of
    Get-Mailbox, Get-EXOMailbox, Get-MgUser or Import-Csv. Blanks, _, - and case do not count in these names.
#>
param(
    [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Mailboxes')]
    [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [Alias('MailboxName')]
    [psobject] $Mailboxes
)
