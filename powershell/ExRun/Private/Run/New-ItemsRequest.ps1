function New-ItemsRequest {
    <#
    .SYNOPSIS
        The members of a report on a part of mailboxes beside those of every run, from the bound parameters of its command.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        # The library's name of the part.
        [Parameter(Mandatory = $true)] [string] $Facet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    $request = @{ facet = $Facet }
    $switches = @{
        IncludeEmpty   = 'includeEmpty'
        ForwardingOnly = 'forwardingOnly'
        AllCalendars   = 'allCalendars'
        Sum            = 'sum'
        IncludeHidden  = 'includeHidden'
        OldestItem     = 'oldestItem'
        AllFolders     = 'allFolders'
    }
    foreach ($name in $switches.Keys) { if ($Bound[$name]) { $request[$switches[$name]] = $true } }
    $asTheyAre = @{
        Property       = 'columns'
        InternalDomain = 'internalDomains'
        Folder         = 'folder'
    }
    foreach ($name in $asTheyAre.Keys) { if ($Bound[$name]) { $request[$asTheyAre[$name]] = $Bound[$name] } }
    foreach ($name in 'Start', 'End') {
        if ($null -ne $Bound[$name]) { $request[$name.ToLowerInvariant()] = $Bound[$name].ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [cultureinfo]::InvariantCulture) }
    }
    if ($Bound['AllRooms']) { $request['source'] = @{ rooms = $true } }
    return $request
}
