function Complete-File {
    <#
    .SYNOPSIS
        What the Tab key offers for a file: as everywhere in PowerShell, but of the files only those that end so, as
        long as there are any, or folders that may hold them.
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.CompletionResult])]
    param(
        [AllowNull()] [AllowEmptyString()] [string] $Word,
        # With its dot.
        [Parameter(Mandatory = $true)] [string] $Ending
    )

    $all = @([System.Management.Automation.CompletionCompleters]::CompleteFilename([string] $Word))
    $fitting = @(foreach ($result in $all) {
        if ($result.ResultType -eq 'ProviderContainer' -or $result.ListItemText.EndsWith($Ending, [System.StringComparison]::OrdinalIgnoreCase)) { $result }
    })
    if ($fitting.Count -gt 0) { return $fitting }
    return $all
}
