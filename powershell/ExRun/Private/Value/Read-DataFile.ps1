function Read-DataFile {
    <#
    .SYNOPSIS
        What a .psd1 holds, read as data: nothing of it is run. Throws what is wrong with it.
    .DESCRIPTION
        As Import-PowerShellDataFile, which from PowerShell 7.2 on takes no more than 500 entries by itself.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([Parameter(Mandatory = $true)] [string] $Path)

    $tokens = $null
    $faults = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $tokens, [ref] $faults)
    $wrong = if ($faults.Count -gt 0) { 'line {0}: {1}' -f $faults[0].Extent.StartLineNumber, $faults[0].Message }
    $table = $null
    if (-not $wrong) {
        $statements = @(if ($null -ne $tree.EndBlock) { $tree.EndBlock.Statements })
        if ($statements.Count -eq 1 -and $statements[0] -is [System.Management.Automation.Language.PipelineAst] -and $statements[0].PipelineElements.Count -eq 1) {
            $table = $statements[0].PipelineElements[0].Expression
        }
        if ($table -isnot [System.Management.Automation.Language.HashtableAst]) { $wrong = 'it must hold one hashtable, @{ ... }, and nothing else' }
    }
    if (-not $wrong) {
        $kind = [System.Management.Automation.Language.Ast]
        $arguments = @($true)
        $method = $kind.GetMethod('SafeGetValue', [type[]] @([bool]))
        if ($null -eq $method) {
            # Windows PowerShell's has no bound, and no word for it.
            $arguments = @()
            $method = $kind.GetMethod('SafeGetValue', [type[]] @())
        }
        $value = Invoke-Method -Method $method -On $table -Arguments $arguments
        if ($value -isnot [System.Exception]) { return $value }
        $wrong = 'it is read as data, and what would have to be run is no data: {0}' -f $value.Message
    }
    Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $Path -Message ('{0} cannot be read: {1}' -f $Path, $wrong))
}
