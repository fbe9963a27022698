function Get-TypedText {
    <#
    .SYNOPSIS
        What a person means by a word that the Tab key is pressed at: without the quotes around it, of which the second
        may not have been typed yet.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [AllowEmptyString()] [string] $Word)

    if (-not $Word) { return '' }
    $quote = $Word[0]
    if ($quote -ne '"' -and $quote -ne "'") { return $Word }
    $text = $Word.Substring(1)
    if ($text.EndsWith($quote)) { $text = $text.Substring(0, $text.Length - 1) }
    return $text.Replace("$quote$quote", "$quote")
}
