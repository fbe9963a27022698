function Format-RunFile {
    <#
    .SYNOPSIS
        Where the files of a run are, a text for each.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Run)

    $files = $Run.PSObject.Members['Files']
    if ($files -isnot [System.Management.Automation.PSMemberSet]) { return }
    $notes = @{ FailedFile = ' (what failed)'; FailedFileNotWritten = ' (not written)'; Journal = ' (journal)'; UndoFile = ' (to undo it)'; LogPath = ' (log)' }
    foreach ($file in $files.PSObject.Properties) {
        $note = $notes[$file.Name]
        # It appears when it is complete.
        if ($file.Name -eq 'OutFile' -and (Get-MemberValue -InputObject $Run -Name 'Outcome') -ne 'Completed') { $note = ' (not written)' }
        (Format-OneLine -Value $file.Value -Most 1024) + $note
    }
}
