<#
.PARAMETER IncludeEmpty
    A row for each mailbox that has nothing to show, too: its ItemCount proves that it was read.
.PARAMETER Property
    Only these properties of the rows after MailboxName, in this order.
#>
param(
    [Parameter()] [switch] $IncludeEmpty,
    [Parameter()] [ValidateNotNullOrEmpty()] [string[]] $Property
)
