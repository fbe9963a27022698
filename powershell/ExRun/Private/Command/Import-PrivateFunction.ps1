# In the package: the stamp of the file that holds the functions which commands are made of.
$script:PrivateStamp = $null
# The open runs of the whole process: a runspace that is stopped and gone cannot free its own any more.
$script:OpenRuns = $null

function Import-PrivateFunction {
    <#
    .SYNOPSIS
        What a command does before anything else: makes the functions known that it is made of.
    .DESCRIPTION
        An import reads the commands alone, which is quick; the rest is read when the first of them is called.
    #>
    [CmdletBinding()]
    param()

    if ($null -ne $script:OpenRuns) { return }
    if ($null -ne $script:PrivateStamp) { . "$script:ModuleRoot/Private/Functions.ps1" -Stamp $script:PrivateStamp }
    $script:OpenRuns = Get-ProcessValue -Name 'ExRun.Runs' -Create { , [System.Collections.ArrayList]::Synchronized([System.Collections.ArrayList]::new()) }
    # With the module the runs are freed that ended before their end block. One that is under way goes on: its functions
    # live as long as it does. Connections belong to the process and stay.
    $ExecutionContext.SessionState.Module.OnRemove = { Clear-AbandonedRun }
}
