function Get-ColumnLetter {
    <#
    .SYNOPSIS
        What counts of a column's name: all but blanks, _, - and what a byte order mark left in front of the first name.
        It is compared without case.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Name)

    # The mark may have been read as the code page of Windows in the West; one in front of a quoted name keeps the quotes.
    return $Name -replace '^\u00ef\u00bb\u00bf|[\s_"\uFEFF\u200B-]', ''
}
