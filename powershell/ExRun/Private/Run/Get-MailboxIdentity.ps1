# The members of an input object that may name its mailbox, in order of preference.
$script:IdentityMembers = 'MailboxName', 'PrimarySmtpAddress', 'UserPrincipalName', 'Mail', 'EmailAddress', 'Id', 'PrimaryEmail', 'WindowsEmailAddress', 'ExternalDirectoryObjectId', 'Identity'

# What an Identity of Exchange's must look like to name a mailbox for Graph: an address or an id, and neither a display
# name nor the path of a folder within a mailbox.
$script:AddressOrId = '^\s*([^\s\\/,<>@]+@[^\s\\/,<>@]+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\s*$'

function Get-MailboxIdentity {
    <#
    .SYNOPSIS
        Name: which mailbox an entry of the input means, null where that is not said. Fault: why not, where it is a list
        or an object that stands in the place of an address.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [AllowNull()] [object] $Mailbox,
        # The members to look at first, where those of its like are known: all are looked at where these name none.
        [AllowNull()] [AllowEmptyCollection()] [string[]] $Column
    )

    if ($null -eq $Mailbox) { return @{ Name = $null; Fault = $null } }
    $value = if ($Mailbox -is [psobject]) { $Mailbox.PSObject.BaseObject } else { $Mailbox }
    if ($value -is [System.Net.Mail.MailAddress]) { $value = $value.Address }
    if ($value -is [string] -or $value -is [System.ValueType]) { return @{ Name = $value; Fault = $null } }

    $columns = if ($Column) { $Column } else { @(Find-MailboxColumn -InputObject $Mailbox) }
    $fault = $null
    foreach ($candidate in $columns) {
        $given = Get-MemberValue -InputObject $Mailbox -Name $candidate
        if ($null -eq $given) { continue }
        $plain = $given
        if ($given -is [psobject]) { $plain = $given.PSObject.BaseObject }
        if ($plain -is [System.Net.Mail.MailAddress]) { $plain = $plain.Address }
        $isList = $plain -is [System.Collections.IEnumerable] -and $plain -isnot [string]
        $text = [System.Convert]::ToString($plain, [System.Globalization.CultureInfo]::InvariantCulture)
        # What shows as its type's name, or as its members, has no text of its own.
        $isObject = $isList -or $plain -is [System.Management.Automation.PSCustomObject] -or $plain -is [bool] -or $plain -is [datetime] -or
            $text -eq $plain.GetType().FullName -or $text -match '^(@?\{.*\}|\[.*\]|(System|Microsoft|Deserialized)\.[^@]*|System\..*\])$'
        $isForeign = -not $isObject -and $text -notmatch $script:AddressOrId -and (Get-ColumnLetter -Name $candidate) -eq 'Identity'
        if (-not $isObject -and -not $isForeign) { return @{ Name = $text; Fault = $null } }
        if ($null -eq $fault) {
            $kind = 'an object, and an address is wanted'
            if ($isList) { $kind = 'a list, and an address is wanted' }
            if ($plain -is [string]) { $kind = "'$text', which is how a list or an object shows as text, and an address is wanted" }
            if ($isForeign) { $kind = "'$text', which is neither an address nor an id" }
            $fault = 'the object names no mailbox: {0} is {1}' -f $candidate, $kind
        }
    }
    if ($Column) { return Get-MailboxIdentity -Mailbox $Mailbox }
    return @{ Name = $null; Fault = $fault }
}
