function Join-FailedFile {
    <#
    .SYNOPSIS
        Adds the records of one list of failed mailboxes to another, which may not be there; the first is deleted.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $From,
        [Parameter(Mandatory = $true)] [string] $To
    )

    if (-not [System.IO.File]::Exists($From)) { return }
    $encoding = [System.Text.UTF8Encoding]::new($false)
    $text = [System.IO.File]::ReadAllText($From, $encoding)
    if ([System.IO.File]::Exists($To)) {
        # The names of the columns stand in one line, without quotes.
        [System.IO.File]::AppendAllText($To, $text.Substring($text.IndexOf("`n") + 1), $encoding)
    } else {
        [System.IO.File]::WriteAllText($To, $text, $encoding)
    }
    [System.IO.File]::Delete($From)
}
