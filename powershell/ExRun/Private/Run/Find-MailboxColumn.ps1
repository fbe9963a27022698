function Find-MailboxColumn {
    <#
    .SYNOPSIS
        The members of an input object that may name its mailbox, in order of preference, as the object spells them:
        of two spellings of one name the plain one first. Nothing where there is none.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [object] $InputObject)

    # By their letters: -eq and -contains pass over a byte order mark, a lookup of a property does not.
    $found = [System.Collections.Generic.Dictionary[string, object]]::new([System.StringComparer]::OrdinalIgnoreCase)
    foreach ($name in Get-ColumnName -InputObject $InputObject) {
        $letters = Get-ColumnLetter -Name $name
        if ($script:IdentityMembers -notcontains $letters) { continue }
        if (-not $found.ContainsKey($letters)) { $found[$letters] = [System.Collections.Generic.List[string]]::new() }
        if ([string]::Equals($name, $letters, 'OrdinalIgnoreCase')) { $found[$letters].Insert(0, $name) } else { $found[$letters].Add($name) }
    }
    foreach ($wanted in $script:IdentityMembers) { if ($found.ContainsKey($wanted)) { $found[$wanted] } }
}
