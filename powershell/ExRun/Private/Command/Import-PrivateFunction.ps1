# In the package: the file that holds the functions which commands are made of, and the stamp that it must have.
$script:PrivateFile = $null
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
    if ($null -ne $script:PrivateFile) { . $script:PrivateFile -Stamp $script:PrivateStamp }
    $script:OpenRuns = Get-ProcessValue -Name 'ExRun.Runs' -Create { , [System.Collections.ArrayList]::Synchronized([System.Collections.ArrayList]::new()) }
}
