function Get-RunTarget {
    <#
    .SYNOPSIS
        What a run is about to change, for the question whether it may.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # How many mailboxes were given.
        [Parameter(Mandatory = $true)] [int] $Count,
        # What Open-RunSession gave; null where a dry run goes without.
        [AllowNull()] [psobject] $Session
    )

    if ($Bound['Group']) { return 'the mailboxes of the group {0}' -f $Bound['Group'] }
    if (-not $Bound['All']) { return '{0} {1}' -f $Count, $(if ($Count -eq 1) { 'mailbox' } else { 'mailboxes' }) }

    $target = 'every mailbox of the tenant'
    if ($Bound['Filter']) { $target += ' with ' + $Bound['Filter'] }
    if ($Bound['Top']) { $target += ', {0} at most' -f $Bound['Top'] }
    if ($null -eq $Session) { return $target }
    $failure = $null
    try {
        $path = 'users?$count=true&$top=1&$select=id'
        if ($Bound['Filter']) { $path += '&$filter=' + [uri]::EscapeDataString($Bound['Filter']) }
        $request = @{ method = 'GET'; path = $path; headers = @{ ConsistencyLevel = 'eventual' } }
        $listed = Invoke-NativeOperation -Function 'exrun_graph_request' -Request $request -Session $Session
        $target += ' (of {0} users in the directory)' -f $listed.'@odata.count'
    } catch {
        $failure = New-ErrorRecord -Cmdlet $Cmdlet -Failure $_
    }
    if ($null -ne $failure) {
        if (-not $Session.Shared) { [void] $Session.Native::exrun_client_free($Session.Client) }
        $Cmdlet.ThrowTerminatingError($failure)
    }
    return $target
}
