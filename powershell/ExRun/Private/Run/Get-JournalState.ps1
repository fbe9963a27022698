function Get-JournalState {
    <#
    .SYNOPSIS
        Of a journal that is there already its path and when it was last written to; of none nothing.
    .DESCRIPTION
        What a run wrote that was killed may still lie in the file beside it.
    #>
    [CmdletBinding()]
    param([AllowNull()] [AllowEmptyString()] [string] $Path)

    if (-not $Path -or -not [System.IO.File]::Exists($Path)) { return }
    $writtenAt = [System.IO.File]::GetLastWriteTime($Path)
    if ([System.IO.File]::Exists("$Path-wal")) {
        $walWrittenAt = [System.IO.File]::GetLastWriteTime("$Path-wal")
        if ($walWrittenAt -gt $writtenAt) { $writtenAt = $walWrittenAt }
    }
    return [pscustomobject] @{ Path = $Path; WrittenAt = $writtenAt }
}
