# Tells the runs of this session from those of other runspaces.
$script:RunOwner = [object]::new()

function Clear-AbandonedRun {
    <#
    .SYNOPSIS
        Frees the runs whose command has ended without its end block: stopped, or cut by Select-Object -First.
    .DESCRIPTION
        Each command calls it before it starts, and so does the module when it is removed. Runs of an outer pipeline,
        and those that other runspaces are busy with, are alive and stay.
    #>
    [CmdletBinding()]
    param()

    foreach ($run in $script:OpenRuns.ToArray()) {
        if ($null -eq $run.Cmdlet.CommandRuntime) { Close-Run -Run $run }
    }
}
