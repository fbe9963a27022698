function New-RunRequest {
    <#
    .SYNOPSIS
        The members that the requests of all runs share, from the bound parameters of a run command.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    Assert-RunParameter -Bound $Bound
    $request = @{ format = 'block'; blockAfter = (Get-DocumentRowCount -Mailboxes $Bound['Mailboxes']); idlePauseMs = 2000 }
    # A run that writes pauses sooner, by itself where rows are taken. To a file it would go on for as long as is said here.
    if ($Bound['OutFile']) { $request['idlePauseMs'] = 250 }
    $asTheyAre = @{
        MaxConcurrency  = 'maxConcurrency'
        Shard           = 'shard'
        StopAfterErrors = 'stopAfterErrors'
        Maximum         = 'maximum'
    }
    foreach ($name in $asTheyAre.Keys) { if ($Bound.ContainsKey($name)) { $request[$asTheyAre[$name]] = $Bound[$name] } }
    $switches = @{
        IncludeError = 'includeError'
        RetryFailed  = 'retryFailed'
        RetryUnknown = 'retryUnknown'
        AllowNull    = 'allowNull'
    }
    foreach ($name in $switches.Keys) { if ($Bound[$name]) { $request[$switches[$name]] = $true } }
    $files = @{
        Journal = 'journal'
        FailedFile = 'failedFile'
        LogPath = 'logFile'
    }
    foreach ($name in $files.Keys) {
        if ($Bound[$name]) { $request[$files[$name]] = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound[$name] }
    }
    Add-OutFileMember -Cmdlet $Cmdlet -Bound $Bound -Request $request
    if ($Bound['AsCompleted']) { $request['order'] = 'completion' }
    if ($Bound['All']) {
        $source = @{ all = $true }
        if ($Bound['Filter']) { $source['filter'] = $Bound['Filter'] }
        if ($Bound['Top']) { $source['top'] = $Bound['Top'] }
        if ($Bound['IncludeWithoutMailbox']) { $source['includeWithoutMailbox'] = $true }
    } elseif ($Bound['Group']) {
        $source = @{ group = $Bound['Group'] }
    } else {
        return $request
    }
    $request['source'] = $source
    return $request
}
