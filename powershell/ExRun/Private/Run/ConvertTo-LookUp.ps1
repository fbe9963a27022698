function ConvertTo-LookUp {
    <#
    .SYNOPSIS
        What Verify of Invoke-ExRunMailboxRequest gives, with the names that the library has for it.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([AllowNull()] [object] $Verify)

    $names = @{ Path = 'path'; Done = 'done' }
    $values = @{ Found = 'found'; NotFound = 'notFound' }
    $lookUp = @{}
    if ($Verify -is [System.Collections.IDictionary]) {
        foreach ($entry in $Verify.GetEnumerator()) {
            $name = [string] $entry.Key
            if ($names.ContainsKey($name)) { $lookUp[$names[$name]] = [string] $entry.Value }
        }
    }
    $isWhole = $lookUp.Count -eq 2 -and $Verify.Count -eq 2 -and $values.ContainsKey($lookUp['done'])
    if (-not $isWhole) {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message "Verify: give a hashtable such as @{ Path = 'messages/{Id}'; Done = 'NotFound' }, with Done Found or NotFound, or a script block that gives one")
    }
    $lookUp['done'] = $values[$lookUp['done']]
    return $lookUp
}
