function Resolve-UndoFile {
    <#
    .SYNOPSIS
        The file system path of an undo file; ends the command where it is not there or is another kind of file.
    .DESCRIPTION
        Looks at the first line that is not blank: a report given by mistake would fail once for each of its lines. And
        before that, in portions, for a line that no run takes: whatever reads lines would read such a one into memory.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Path
    )

    $resolved = Resolve-ExistingFile -Cmdlet $Cmdlet -Path $Path
    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $length = Measure-LongestLine -Path $resolved -Most 1MB
        if ($length -gt 1MB) {
            throw (New-ExRunException -Name 'File' -Target $resolved -Message (
                '{0} is no undo file: a line of it is longer than {1} bytes; give the file that -UndoFile wrote' -f $resolved, 1MB))
        }
        foreach ($line in [System.IO.File]::ReadLines($resolved)) {
            if (-not $line.Trim()) { continue }
            if ($line -notmatch '^\s*\{.*"@settings"\s*:') {
                throw (New-ExRunException -Name 'File' -Target $resolved -Message (
                    '{0} is no undo file: its first line does not say what the settings of a mailbox were; give the file that -UndoFile wrote' -f $resolved))
            }
            break
        }
        return $resolved
    }
}
