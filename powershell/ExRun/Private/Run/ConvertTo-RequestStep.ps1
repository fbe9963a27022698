function ConvertTo-RequestStep {
    <#
    .SYNOPSIS
        A step of Invoke-ExRunMailboxRequest, with the names that the library has for it.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # A hashtable, or an object with such members.
        [AllowNull()] [object] $Step,
        # The headers of all steps.
        [AllowNull()] [System.Collections.IDictionary] $Header,
        [switch] $AllowNull
    )

    $names = @{ Name = 'name'; Method = 'method'; Path = 'path'; Body = 'body'; Header = 'headers'; Headers = 'headers'; Verify = 'verify'; When = 'when'; Unless = 'unless'; ForEach = 'forEach' }
    $advice = "give hashtables such as @{ Name = 'find'; Path = 'mailFolders?`$top=5' }, with Method, Body, Header, Verify, When, Unless and ForEach as needed"
    $given = @{}
    if ($Step -is [System.Collections.IDictionary]) {
        foreach ($entry in $Step.GetEnumerator()) { $given[[string] $entry.Key] = $entry.Value }
    } elseif ($Step -is [System.Management.Automation.PSCustomObject]) {
        foreach ($property in $Step.PSObject.Properties) { $given[$property.Name] = $property.Value }
    }
    $isKnown = $given.Count -gt 0
    $made = @{}
    foreach ($name in $given.Keys) {
        if (-not $names.ContainsKey($name)) { $isKnown = $false; continue }
        if ($given[$name] -is [scriptblock]) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message ('-Steps: {0} of a step cannot be a script block: write values as {{Name}}, or {{find.value[0].id}} for those of a step before it' -f $name))
        }
        $made[$names[$name]] = $given[$name]
    }
    if (-not $isKnown) { Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message "-Steps: $advice") }
    foreach ($name in 'name', 'path', 'when', 'unless', 'forEach', 'method') {
        if ($made.ContainsKey($name)) { $made[$name] = [string] $made[$name] }
    }
    if ($made.ContainsKey('method')) { $made['method'] = $made['method'].ToUpperInvariant() }
    if ($made.ContainsKey('headers')) {
        if ($made['headers'] -isnot [System.Collections.IDictionary]) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message "-Steps: Header of a step is no hashtable: write it as @{ Prefer = 'outlook.timezone=`"UTC`"' }")
        }
        $made['headers'] = ConvertTo-RequestHeader -Header $made['headers']
    }
    if ($made.ContainsKey('verify')) { $made['verify'] = ConvertTo-LookUp -Verify $made['verify'] }
    if ($made.ContainsKey('body')) {
        $headers = if ($made['headers'] -and (Get-MemberValue -InputObject $made['headers'] -Name 'Content-Type')) { $made['headers'] } else { $Header }
        $made['body'] = ConvertTo-RequestBody -Cmdlet $Cmdlet -Body $made['body'] -Header $headers
        if ($null -eq $made['body'] -or ($made['body'] -is [string] -and $made['body'].Trim() -eq '')) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message '-Steps: a body is null or blank: leave it out where none is wanted')
        }
        if (Test-DBNull -Value $made['body'] -AllowNull:$AllowNull -Subject '-Steps') {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message '-Steps: a body has [DBNull]::Value in it: say with -AllowNull that null is meant')
        }
    }
    return $made
}
