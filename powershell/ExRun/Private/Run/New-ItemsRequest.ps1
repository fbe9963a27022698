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
    }
    foreach ($name in $switches.Keys) { if ($Bound[$name]) { $request[$switches[$name]] = $true } }
    $asTheyAre = @{
        Property       = 'columns'
        InternalDomain = 'internalDomains'
    }
    foreach ($name in $asTheyAre.Keys) { if ($Bound[$name]) { $request[$asTheyAre[$name]] = $Bound[$name] } }
    return $request
}
