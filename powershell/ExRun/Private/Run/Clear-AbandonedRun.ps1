function Clear-AbandonedRun {
    <#
    .SYNOPSIS
        Frees the runs whose command has ended without its end block: stopped, or cut by Select-Object -First.
    .DESCRIPTION
        A command's clean block calls it with -Cmdlet: that command has ended, in whatever way. Windows PowerShell
        has no clean blocks; there each command calls it before it starts, as everywhere the module does when it is
        removed. Runs of an outer pipeline, and those that other runspaces are busy with, are alive and stay.
    #>
    [CmdletBinding()]
    param(
        # The command that has ended.
        [System.Management.Automation.PSCmdlet] $Cmdlet
    )

    # Nothing was loaded yet, so there is no run.
    if ($null -eq $script:OpenRuns) { return }
    foreach ($run in $script:OpenRuns.ToArray()) {
        $hasEnded = if ($null -ne $Cmdlet) { [System.Object]::ReferenceEquals($run.Cmdlet, $Cmdlet) } else { $null -eq $run.Cmdlet.CommandRuntime }
        if ($hasEnded) { Close-Run -Run $run }
    }
}
