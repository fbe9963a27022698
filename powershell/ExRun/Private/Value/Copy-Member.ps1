function Copy-Member {
    <#
    .SYNOPSIS
        The members of an object or a hashtable as a hashtable of its own, members within likewise; of null an empty
        one. Names are compared without case.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([AllowNull()] [object] $InputObject)

    $copy = @{}
    if ($null -eq $InputObject) { return $copy }
    $isDictionary = $InputObject -is [System.Collections.IDictionary]
    $names = if ($isDictionary) { @($InputObject.Keys) } else { @($InputObject.PSObject.Properties | Microsoft.PowerShell.Core\ForEach-Object { $_.Name }) }
    foreach ($name in $names) {
        $value = $InputObject.$name
        if ($isDictionary) { $value = $InputObject[$name] }
        $isNested = $value -is [System.Collections.IDictionary] -or $value -is [System.Management.Automation.PSCustomObject]
        $copy[[string] $name] = if ($isNested) { Copy-Member -InputObject $value } else { , $value }
    }
    return $copy
}
