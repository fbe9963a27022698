function Get-MemberValue {
    <#
    .SYNOPSIS
        The first value that is not blank among the named members of an object or a hashtable; null if none is.
    #>
    [CmdletBinding()]
    param(
        [AllowNull()] [object] $InputObject,
        [Parameter(Mandatory = $true)] [string[]] $Name,
        # Blank values, too.
        [switch] $Blank
    )

    if ($null -eq $InputObject) { return $null }
    $dictionary = $InputObject -as [System.Collections.IDictionary]
    foreach ($candidate in $Name) {
        $value = $null
        if ($null -ne $dictionary) {
            # Keys of a dictionary may be told apart by case; names of members here are not.
            foreach ($entry in $dictionary.GetEnumerator()) { if ([string] $entry.Key -eq $candidate) { $value = $entry.Value } }
        } else {
            $member = $InputObject.PSObject.Properties[$candidate]
            if ($null -ne $member) { $value = $member.Value }
        }
        if ($null -ne $value -and ($Blank -or ([string] $value).Trim() -ne '')) { return , $value }
    }
    return $null
}
