function Assert-InputMember {
    <#
    .SYNOPSIS
        Throws where an input object has no member of a name that is read of it, and says which it has.
    #>
    [CmdletBinding()]
    param(
        [AllowNull()] [object] $InputObject,
        # Names, each with those within it, line by line, as Find-InputMember gives them.
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]] $Name,
        # What reads them.
        [Parameter(Mandatory = $true)] [string] $Reader
    )

    # A mailbox that is null has an error of its own.
    if ($null -eq $InputObject) { return }
    foreach ($path in $Name) {
        $value = $InputObject
        $read = '$_'
        foreach ($member in $path -split "`n") {
            $read += ".$member"
            $dictionary = $value -as [System.Collections.IDictionary]
            $isThere = $member -in $script:IntrinsicMembers -or $null -ne $value.PSObject.Members[$member]
            if (-not $isThere -and $null -ne $dictionary) { $isThere = @($dictionary.Keys) -contains $member }
            if (-not $isThere) {
                $there = if ($null -ne $dictionary) { @($dictionary.Keys) } else { @($value.PSObject.Properties | Microsoft.PowerShell.Core\ForEach-Object { $_.Name }) }
                $shown = @($there | Microsoft.PowerShell.Utility\Select-Object -First 30) -join ', '
                if ($value -is [string]) { $shown = 'none: it is text' }
                Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message ('{0} reads {1}, which is not there; there are {2}' -f $Reader, $read, $shown))
            }
            # Further in, only what is one object is looked at: of a list PowerShell takes the members of its elements.
            $value = if ($null -ne $dictionary -and @($dictionary.Keys) -contains $member) { $dictionary[$member] } else { $value.$member }
            $isRecord = $value -is [System.Management.Automation.PSCustomObject] -or $value -is [System.Collections.IDictionary]
            if ($null -eq $value -or -not $isRecord) { break }
        }
    }
}
