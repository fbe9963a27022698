# To make what reads blocks takes as long as the engine takes for some three thousand rows of a document: a short run does
# not pay that.
$script:RowsBeforeReader = 2048

function Get-DocumentRowCount {
    <#
    .SYNOPSIS
        How many rows of a run come in documents, which the engine reads by itself, before the others come as blocks: none
        where this process has what reads those.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()

    if ($null -ne $script:RowReader -or $null -ne [System.AppDomain]::CurrentDomain.GetData($script:RowReaderName)) { return 0 }
    return $script:RowsBeforeReader
}
