# To make what reads blocks takes as long as the engine takes for some three thousand rows of a document: a short run does
# not pay that.
$script:RowsBeforeReader = 2048

function Get-DocumentRowCount {
    <#
    .SYNOPSIS
        How many rows of a run come in documents, which the engine reads by itself, before the others come as blocks: none
        where this process has what reads those, and none of a list that is so long that it will have to make that anyway.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param(
        # The mailboxes where they came as a list: from a pipeline nobody knows how many follow.
        [AllowNull()] [object] $Mailboxes
    )

    if ($null -ne $script:RowReader -or $null -ne [System.AppDomain]::CurrentDomain.GetData($script:RowReaderName)) { return 0 }
    if ($Mailboxes -is [System.Collections.ICollection] -and $Mailboxes.Count -gt 2 * $script:RowsBeforeReader) { return 0 }
    return $script:RowsBeforeReader
}
