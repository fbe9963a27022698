# The members of an input object that may name its mailbox, in order of preference.
$script:IdentityMembers = 'MailboxName', 'PrimarySmtpAddress', 'UserPrincipalName', 'Mail', 'EmailAddress', 'Id'

function Get-MailboxIdentity {
    <#
    .SYNOPSIS
        Name: which mailbox an entry of the input means, null where that is not said. Fault: why not, where it is a list
        or an object that stands in the place of an address.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([AllowNull()] [object] $Mailbox)

    if ($null -eq $Mailbox) { return @{ Name = $null; Fault = $null } }
    $value = if ($Mailbox -is [psobject]) { $Mailbox.PSObject.BaseObject } else { $Mailbox }
    if ($value -is [System.Net.Mail.MailAddress]) { $value = $value.Address }
    if ($value -is [string] -or $value -is [System.ValueType]) { return @{ Name = $value; Fault = $null } }

    $fault = $null
    foreach ($candidate in $script:IdentityMembers) {
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
        if (-not $isObject) { return @{ Name = $text; Fault = $null } }
        if ($null -eq $fault) {
            $kind = 'an object'
            if ($isList) { $kind = 'a list' }
            if ($plain -is [string]) { $kind = "'$text', which is how a list or an object shows as text" }
            $fault = 'the object names no mailbox: {0} is {1}, and an address is wanted' -f $candidate, $kind
        }
    }
    return @{ Name = $null; Fault = $fault }
}
