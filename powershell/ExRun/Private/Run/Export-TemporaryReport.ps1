function Export-TemporaryReport {
    <#
    .SYNOPSIS
        Writes rows to a temporary file of JSON Lines, and returns its path. Whoever asked for it deletes it.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [object] $Row)

    # Made anew and for this user alone, which a name made up here would not be.
    $path = [System.IO.Path]::GetTempFileName()
    $renamed = [System.IO.Path]::ChangeExtension($path, 'jsonl')
    [System.IO.File]::Move($path, $renamed)
    $writer = [System.IO.StreamWriter]::new($renamed, $false, [System.Text.UTF8Encoding]::new($false))
    try {
        foreach ($item in $Row) { if ($null -ne $item) { $writer.Write((ConvertTo-JsonValue -Value $item) + "`n") } }
    } finally {
        $writer.Dispose()
    }
    return $renamed
}
