# Reports whose input comes through a pipeline: their handles live from begin to end.
$script:OpenReports = [System.Collections.ArrayList]::new()

function Clear-AbandonedReport {
    <#
    .SYNOPSIS
        Frees the reports whose command has ended without its end block: stopped, or cut by Select-Object -First.
    .DESCRIPTION
        Each command calls it before it starts. Reports of an outer pipeline are alive and stay. With -All, when the
        module is removed, every report goes.
    #>
    [CmdletBinding()]
    param([switch] $All)

    for ($index = $script:OpenReports.Count - 1; $index -ge 0; $index--) {
        $report = $script:OpenReports[$index]
        if ($All -or $null -eq $report.Cmdlet.CommandRuntime) { Close-Report -Report $report }
    }
}
