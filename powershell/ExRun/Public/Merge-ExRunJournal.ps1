function Merge-ExRunJournal {
    <#
    .SYNOPSIS
        Makes one journal of those of several shards.
    .DESCRIPTION
        The same run over all mailboxes with the merged journal gives every row without asking again. Journals of
        different runs are refused. Of a line that stands in several of them a row comes before a request whose
        outcome is unknown, and that before an error.
    .PARAMETER Path
        The journals; wildcards may be used.
    .PARAMETER Destination
        The file of the merged journal, which must not exist.
    .EXAMPLE
        Merge-ExRunJournal -Path shard-*.db -Destination all.db
        Get-MailboxSettingsReport -All -Journal all.db -OutFile report.csv

        Merges the journals of a run that was spread over machines, and writes its report.
    .EXAMPLE
        Get-ChildItem shard-*.db | Merge-ExRunJournal -Destination night.db

        Merges the journals that are found.
    .OUTPUTS
        An object with Rows, Failed, Intents (requests whose outcome is unknown), Duplicates (lines that stood in several) and Path.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param(
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName')] [ValidateNotNullOrEmpty()] [string[]] $Path,
        [Parameter(Position = 1, Mandatory = $true)] [ValidateNotNullOrEmpty()] [string] $Destination
    )

    begin {
        Enter-Command -Cmdlet $PSCmdlet
        $journals = [System.Collections.Generic.List`1[string]]::new()
    }

    process {
        foreach ($name in $Path) {
            $found = @(Find-File -Cmdlet $PSCmdlet -Path $name)
            $journals.AddRange([string[]] $found)
        }
    }

    end {
        Invoke-Guarded -Cmdlet $PSCmdlet -Do {
            $file = Resolve-FilePath -Cmdlet $PSCmdlet -Path $Destination
            $merged = Invoke-NativeOperation -Function 'exrun_journal_merge' -Request @{ journals = $journals.ToArray(); journal = $file }
            return [pscustomobject] @{ Rows = $merged.rows; Failed = $merged.failed; Intents = $merged.intents; Duplicates = $merged.duplicates; Path = $file }
        }
    }
}
