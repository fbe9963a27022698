# Runs whose input comes through a pipeline: their handles live from begin to end.
$script:OpenRuns = [System.Collections.ArrayList]::new()

function Clear-AbandonedRun {
    <#
    .SYNOPSIS
        Frees the runs whose command has ended without its end block: stopped, or cut by Select-Object -First.
    .DESCRIPTION
        Each command calls it before it starts. Runs of an outer pipeline are alive and stay. With -All, when the
        module is removed, every run goes.
    #>
    [CmdletBinding()]
    param([switch] $All)

    for ($index = $script:OpenRuns.Count - 1; $index -ge 0; $index--) {
        $run = $script:OpenRuns[$index]
        if ($All -or $null -eq $run.Cmdlet.CommandRuntime) { Close-Run -Run $run }
    }
}
