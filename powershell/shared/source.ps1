<#
.PARAMETER All
    Every mailbox of the tenant, as far as the directory tells: users with an Exchange plan, and shared,
    room and equipment mailboxes. They are listed while the run goes on. The app needs User.Read.All for
    that.
.PARAMETER Filter
    With All: an OData filter on the users, such as "startsWith(displayName,'A')" or "department eq
    'Sales'".
.PARAMETER Top
    With All: no more than so many mailboxes.
.PARAMETER Group
    The mailboxes among the members of a group, those of groups in it included: its id, address or display
    name. The app needs GroupMember.Read.All and User.Read.All.
.PARAMETER IncludeWithoutMailbox
    With All: also users that seem to have no mailbox, guests for example.
#>
param(
    [Parameter(Mandatory = $true, ParameterSetName = 'All')] [switch] $All,
    [Parameter(ParameterSetName = 'All')] [ValidateNotNullOrEmpty()] [string] $Filter,
    [Parameter(ParameterSetName = 'All')] [ValidateRange(1, [int]::MaxValue)] [int] $Top,
    [Parameter(Mandatory = $true, ParameterSetName = 'Group')] [ValidateNotNullOrEmpty()] [string] $Group,
    [Parameter(ParameterSetName = 'All')] [switch] $IncludeWithoutMailbox
)
