function Read-UndoFile {
    <#
    .SYNOPSIS
        What an undo file holds: Path, Count of its lines, Tenants that they are of, and IsUntold where lines do not
        say of which; ends the command where it is not there or is another kind of file.
    .DESCRIPTION
        A report given by mistake would fail once for each of its lines: the first that is not blank tells. And before
        that, in portions, a line that no run takes: whatever reads lines would read such a one into memory.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Path
    )

    $undo = @{ Path = Resolve-ExistingFile -Cmdlet $Cmdlet -Path $Path; Count = 0; Tenants = [System.Collections.Generic.HashSet[string]]::new(); IsUntold = $false }
    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        if ((Measure-LongestLine -Path $undo.Path -Most 1MB) -gt 1MB) {
            Stop-Attempt (New-ExRunException -Name 'File' -Target $undo.Path -Message (
                '{0} is no undo file: a line of it is longer than {1} bytes; give the file that -UndoFile wrote' -f $undo.Path, 1MB))
        }
        $reader = [System.IO.StreamReader]::new($undo.Path)
        try {
            while ($null -ne ($line = $reader.ReadLine())) {
                if (-not $line.Trim()) { continue }
                if ($undo.Count -eq 0 -and $line -notmatch '^\s*\{.*"@settings"\s*:') {
                    Stop-Attempt (New-ExRunException -Name 'File' -Target $undo.Path -Message (
                        '{0} is no undo file: its first line does not say what the settings of a mailbox were; give the file that -UndoFile wrote' -f $undo.Path))
                }
                $undo.Count++
                if ($line -match '"@tenant"\s*:\s*"([^"]*)"') { [void] $undo.Tenants.Add($Matches[1]) } else { $undo.IsUntold = $true }
            }
        } finally {
            $reader.Dispose()
        }
        return $undo
    }
}
