# What reads the rows of a block in this session: made once in a process.
$script:RowReader = $null
# By which the runspaces of a process share it.
$script:RowReaderName = 'ExRun.RowReader|1'

function Get-RowReader {
    <#
    .SYNOPSIS
        The delegate that makes objects of a block's rows: given a reader that stands before them, and the nested values.
    .DESCRIPTION
        docs/abi.md has the layout ("The block"). A script that read it would take some hundred times as long for a row.
        Nothing beyond the end of the block is read: what does not fit into it is an exception.
    #>
    [CmdletBinding()]
    [OutputType([System.Delegate])]
    param()

    if ($null -eq $script:RowReader) { $script:RowReader = Get-ProcessValue -Name $script:RowReaderName -Create { New-RowReader } }
    return $script:RowReader
}
